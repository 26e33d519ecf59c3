GRANT USAGE, CREATE ON SCHEMA {schema} TO app;
SELECT format('ALTER TABLE %s OWNER TO app', c.oid::regclass) FROM pg_class c WHERE c.relnamespace = {schema_text}::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') \gexec
