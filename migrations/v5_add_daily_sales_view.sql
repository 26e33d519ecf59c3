-- ============================================================================
-- 迁移脚本: v5_add_daily_sales_view.sql
-- 日期: 2025-11-21
-- 用途: 看板用的视图: 各门店每天的订单数、销量与销售额 (取消的订单不计)
-- ============================================================================

CREATE OR REPLACE VIEW daily_sales AS
SELECT s.id AS store_id,
       s.store_name,
       o.ordered_at::date AS sold_on,
       count(*) AS order_count,
       sum(o.quantity) AS quantity,
       sum(o.quantity * p.price) AS amount
FROM orders o
JOIN store_info s ON s.id = o.store_id
JOIN products p ON p.id = o.product_id
WHERE o.status <> 'cancelled'
GROUP BY s.id, s.store_name, o.ordered_at::date;

COMMENT ON VIEW daily_sales IS '各门店每日销售';
COMMENT ON COLUMN daily_sales.amount IS '销售额 (元)';

DO $$
BEGIN
    IF EXISTS (SELECT FROM information_schema.views
               WHERE table_schema = current_schema() AND table_name = 'daily_sales') THEN
        RAISE NOTICE '✓ 每日销售视图创建成功';
    ELSE
        RAISE WARNING '✗ 每日销售视图创建失败';
    END IF;
END $$;
