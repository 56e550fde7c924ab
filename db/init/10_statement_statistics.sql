-- Compose's PostgreSQL runs the *.sql of this folder once, in the order of their names,
-- when it makes the database. Put your own beside it: 20_something.sql.
--
-- Which statements take the time:
--   SELECT calls, mean_exec_time, query FROM monitoring.pg_stat_statements
--   ORDER BY total_exec_time DESC LIMIT 10;
CREATE SCHEMA monitoring;
COMMENT ON SCHEMA monitoring IS 'What PostgreSQL tells about its own work.';
CREATE EXTENSION pg_stat_statements SCHEMA monitoring;
