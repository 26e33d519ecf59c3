INSERT INTO products (product_name, note) VALUES ('tea', 'green'), ('tea', 'black'), ('cup', NULL)
