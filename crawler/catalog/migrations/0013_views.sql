-- Every document that is shown: all but what is withheld, which keeps a row that says nothing.
CREATE VIEW shown_documents AS
SELECT * FROM documents WHERE NOT EXISTS (SELECT 1 FROM withheld WHERE withheld.document = documents.id);

-- Where evidence stands: every row of visits and media_links that names a record.
CREATE VIEW evidence AS
SELECT 'visits/' || id AS row, url, final_url, site, warc, warc_offset, warc_record, payload_digest
FROM visits WHERE warc IS NOT NULL
UNION ALL
SELECT 'media_links/' || url, url, NULL, site, warc, warc_offset, warc_record, payload_digest
FROM media_links WHERE warc IS NOT NULL;
