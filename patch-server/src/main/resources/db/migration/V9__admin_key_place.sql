-- Which server's file has the admin's key, for those who look for it at another one.
ALTER TABLE api_key ADD COLUMN kept_in text;
COMMENT ON COLUMN api_key.kept_in IS 'machine:path of the file; absent for keys that people make.';
