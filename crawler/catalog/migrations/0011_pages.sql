-- What the pages on articles and sites ask for, without a scan.
CREATE INDEX documents_beside ON documents (site, section, published);
CREATE INDEX links_walled ON links (site, last_outcome, last_reason) WHERE last_outcome IN ('refused', 'failed') OR last_reason = 'soft_404';
CREATE INDEX media_links_missing ON media_links (site, fetched) WHERE sha256 IS NULL;
CREATE INDEX people_role ON people (role, name);
