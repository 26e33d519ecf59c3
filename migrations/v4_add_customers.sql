-- ============================================================================
-- 迁移脚本: v4_add_customers.sql
-- 日期: 2025-11-20
-- 用途: 增加顾客表, 订单可以记到顾客名下
-- ============================================================================

CREATE TABLE IF NOT EXISTS customers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_name VARCHAR(100) NOT NULL,
    phone VARCHAR(20) UNIQUE,
    joined_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE customers IS '顾客';
COMMENT ON COLUMN customers.customer_name IS '姓名';
COMMENT ON COLUMN customers.phone IS '手机号, 不可重复';
COMMENT ON COLUMN customers.joined_at IS '入会时间';

-- 散客没有顾客记录, 所以允许为空; 顾客被删除后订单保留
ALTER TABLE orders ADD COLUMN IF NOT EXISTS customer_id BIGINT
    REFERENCES customers (id) ON DELETE SET NULL;
COMMENT ON COLUMN orders.customer_id IS '顾客 (散客为空)';
CREATE INDEX IF NOT EXISTS idx_orders_customer ON orders (customer_id);

DO $$
DECLARE
    field_count integer;
BEGIN
    SELECT count(*) INTO field_count
    FROM information_schema.columns
    WHERE table_schema = current_schema()
      AND ((table_name = 'customers' AND column_name IN ('customer_name', 'phone', 'joined_at'))
           OR (table_name = 'orders' AND column_name = 'customer_id'));

    IF field_count = 4 THEN
        RAISE NOTICE '✓ 顾客表和订单的顾客字段添加成功';
    ELSE
        RAISE WARNING '✗ 顾客字段添加失败: 应有 4 个, 实有 % 个', field_count;
    END IF;
END $$;
