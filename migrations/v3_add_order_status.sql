-- ============================================================================
-- 迁移脚本: v3_add_order_status.sql
-- 日期: 2025-11-19
-- 用途: 订单增加状态与付款时间; 状态只能取固定的几个值
-- ============================================================================

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'order_status'
                   AND typnamespace = current_schema()::regnamespace) THEN
        CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped', 'done', 'cancelled');
    END IF;
END $$;
COMMENT ON TYPE order_status IS '订单状态: 待付款、已付款、已发货、已完成、已取消';

ALTER TABLE orders ADD COLUMN IF NOT EXISTS status order_status NOT NULL DEFAULT 'pending';
ALTER TABLE orders ADD COLUMN IF NOT EXISTS paid_at TIMESTAMP;
COMMENT ON COLUMN orders.status IS '订单状态';
COMMENT ON COLUMN orders.paid_at IS '付款时间';

DO $$
DECLARE
    field_count integer;
BEGIN
    SELECT count(*) INTO field_count
    FROM information_schema.columns
    WHERE table_schema = current_schema()
      AND table_name = 'orders'
      AND column_name IN ('status', 'paid_at');

    IF field_count = 2 THEN
        RAISE NOTICE '✓ 订单状态字段添加成功 (2 个)';
    ELSE
        RAISE WARNING '✗ 订单状态字段添加失败: 应有 2 个, 实有 % 个', field_count;
    END IF;
END $$;
