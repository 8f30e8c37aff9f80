-- Links that the walk of a site left aside, in the order they were found: its last resort.
CREATE INDEX links_aside ON links (site, seq) WHERE role = 'aside';
