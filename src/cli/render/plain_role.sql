CREATE ROLE app LOGIN;  \password app
GRANT CREATE, CONNECT ON DATABASE {database} TO app;
