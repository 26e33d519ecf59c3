-- ============================================================================
-- 迁移脚本: {{name}}
-- 日期: {{date}}
-- 用途: {{description}}
--
-- 规则: 一个脚本只做一件事; 用 IF NOT EXISTS, 重复执行也无害; 每个字段都写注释;
--       结尾报告结果 (✓ 或 ✗); 脚本与 models 一起提交。
--       不要写 BEGIN / COMMIT: 每个脚本都在自己的事务里执行。
-- ============================================================================

-- 1. 修改结构: 把「表名」「字段名」换成真实的名称
ALTER TABLE 表名 ADD COLUMN IF NOT EXISTS 字段名 VARCHAR(100);

-- 2. 字段说明
COMMENT ON COLUMN 表名.字段名 IS '字段说明';

-- 3. 检查结果
DO $$
DECLARE
    field_count integer;
BEGIN
    SELECT count(*) INTO field_count
    FROM information_schema.columns
    WHERE table_schema = current_schema()
      AND table_name = '表名'
      AND column_name IN ('字段名');

    IF field_count = 1 THEN
        RAISE NOTICE '✓ 字段添加成功';
    ELSE
        RAISE WARNING '✗ 字段添加失败: 应有 1 个字段, 实有 % 个', field_count;
    END IF;
END $$;
