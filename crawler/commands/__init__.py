"""What a user runs besides `scrapy crawl`: one module is one `scrapy` command (setting COMMANDS_MODULE)."""
