"""More machines than one: site tasks on Procrastinate and PostgreSQL, shards on an object store. Nothing here is imported where it is not set.

    plan      seeds -> sites -> shards (connected sets of sites that share a host) -> a task for each that is due
    take      the lease of a shard, and an epoch that grows with every taking         (PostgreSQL)
    check out what of the shard's head the local disk lacks                           (object store -> disk)
    crawl     the unchanged `scrapy crawl news` as a child that dies with its worker  (disk)
    publish   backup -> blobs -> manifest -> the head moves, if the epoch is still ours

A shard is an ordinary archive. What is put into the object store is put once, under its digest; the one thing of a shard that changes is its
head, a row in PostgreSQL, and who was overtaken (an older epoch) moves it no more.
"""
