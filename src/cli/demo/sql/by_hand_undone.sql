ALTER TABLE products DROP COLUMN discount
