-- ============================================================================
-- 迁移脚本: v2_add_indexes.sql
-- 日期: 2025-11-18
-- 用途: 为最常用的查询加索引: 按门店和时间查订单、查缺货商品
-- ============================================================================

CREATE INDEX IF NOT EXISTS idx_orders_store_time ON orders (store_id, ordered_at DESC);
CREATE INDEX IF NOT EXISTS idx_orders_product ON orders (product_id);
CREATE INDEX IF NOT EXISTS idx_products_low_stock ON products (stock_quantity)
    WHERE stock_quantity < 10;
COMMENT ON INDEX idx_orders_store_time IS '按门店查最近的订单';
COMMENT ON INDEX idx_products_low_stock IS '查库存不足的商品';

DO $$
DECLARE
    index_count integer;
BEGIN
    SELECT count(*) INTO index_count
    FROM pg_indexes
    WHERE schemaname = current_schema()
      AND indexname IN ('idx_orders_store_time', 'idx_orders_product', 'idx_products_low_stock');

    IF index_count = 3 THEN
        RAISE NOTICE '✓ 索引添加成功 (3 个)';
    ELSE
        RAISE WARNING '✗ 索引添加失败: 应有 3 个, 实有 % 个', index_count;
    END IF;
END $$;
