-- ============================================================================
-- 迁移脚本: v6_下单时扣减库存.sql
-- 日期: 2025-11-22
-- 用途: 新订单自动扣减商品库存; 库存不足时拒绝下单
-- ============================================================================

CREATE OR REPLACE FUNCTION take_from_stock() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE products
    SET stock_quantity = stock_quantity - NEW.quantity,
        stock_updated_at = CURRENT_TIMESTAMP
    WHERE id = NEW.product_id AND stock_quantity >= NEW.quantity;

    IF NOT FOUND THEN
        RAISE EXCEPTION '库存不足: 商品 %, 需要 % 件', NEW.product_id, NEW.quantity;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION take_from_stock() IS '下单时扣减库存, 不足则拒绝';

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgname = 'orders_take_from_stock' AND tgrelid = 'orders'::regclass) THEN
        CREATE TRIGGER orders_take_from_stock
            BEFORE INSERT ON orders
            FOR EACH ROW EXECUTE FUNCTION take_from_stock();
    END IF;
END $$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger
               WHERE tgname = 'orders_take_from_stock' AND tgrelid = 'orders'::regclass) THEN
        RAISE NOTICE '✓ 库存触发器创建成功';
    ELSE
        RAISE WARNING '✗ 库存触发器创建失败';
    END IF;
END $$;
