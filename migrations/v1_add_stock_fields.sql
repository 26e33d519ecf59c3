-- ============================================================================
-- 迁移脚本: v1_add_stock_fields.sql
-- 日期: 2025-11-17
-- 用途: 建立门店、商品、订单三张基础表 (已有则跳过), 并为商品加上库存字段
-- ============================================================================

CREATE TABLE IF NOT EXISTS store_info (
    id SERIAL PRIMARY KEY,
    store_name VARCHAR(100) NOT NULL,
    city VARCHAR(50),
    opened_on DATE
);
COMMENT ON TABLE store_info IS '门店';
COMMENT ON COLUMN store_info.store_name IS '门店名称';
COMMENT ON COLUMN store_info.city IS '所在城市';
COMMENT ON COLUMN store_info.opened_on IS '开业日期';

CREATE TABLE IF NOT EXISTS products (
    id SERIAL PRIMARY KEY,
    product_name VARCHAR(200) NOT NULL,
    price NUMERIC(10, 2) NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT products_price_not_negative CHECK (price >= 0)
);
COMMENT ON TABLE products IS '商品';
COMMENT ON COLUMN products.product_name IS '商品名称';
COMMENT ON COLUMN products.price IS '售价 (元)';
COMMENT ON COLUMN products.created_at IS '录入时间';

CREATE TABLE IF NOT EXISTS orders (
    id SERIAL PRIMARY KEY,
    store_id INTEGER NOT NULL REFERENCES store_info (id),
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL DEFAULT 1,
    ordered_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT orders_quantity_positive CHECK (quantity > 0)
);
COMMENT ON TABLE orders IS '订单';
COMMENT ON COLUMN orders.store_id IS '下单门店';
COMMENT ON COLUMN orders.product_id IS '所购商品';
COMMENT ON COLUMN orders.quantity IS '数量';
COMMENT ON COLUMN orders.ordered_at IS '下单时间';

-- 库存字段
ALTER TABLE products ADD COLUMN IF NOT EXISTS stock_quantity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN IF NOT EXISTS stock_warning_level INTEGER NOT NULL DEFAULT 10;
ALTER TABLE products ADD COLUMN IF NOT EXISTS stock_updated_at TIMESTAMP;
COMMENT ON COLUMN products.stock_quantity IS '当前库存';
COMMENT ON COLUMN products.stock_warning_level IS '库存预警线: 低于此数时提醒补货';
COMMENT ON COLUMN products.stock_updated_at IS '库存更新时间';

DO $$
DECLARE
    field_count integer;
BEGIN
    SELECT count(*) INTO field_count
    FROM information_schema.columns
    WHERE table_schema = current_schema()
      AND table_name = 'products'
      AND column_name IN ('stock_quantity', 'stock_warning_level', 'stock_updated_at');

    IF field_count = 3 THEN
        RAISE NOTICE '✓ 库存字段添加成功 (3 个)';
    ELSE
        RAISE WARNING '✗ 库存字段添加失败: 应有 3 个, 实有 % 个', field_count;
    END IF;
END $$;
