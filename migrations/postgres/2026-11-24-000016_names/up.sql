-- People are found by the name with which somebody begins: the family name (search), the given name, or the name they like to be called.
ALTER TABLE people ADD COLUMN search_given text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN search_preferred text COLLATE "C";

UPDATE people SET search_given = substr(search, length(family_name) + 2) || ' ' || substr(search, 1, length(family_name)) WHERE search <> '';
UPDATE people SET search_preferred = lower(preferred_name) || ' ' || substr(search, 1, length(family_name)) WHERE search <> '' AND preferred_name IS NOT NULL;

CREATE INDEX people_search_given ON people (tenant_id, search_given, id);
CREATE INDEX people_search_preferred ON people (tenant_id, search_preferred, id);
