"""The models of a small shop: orders, products, stores."""

from sqlalchemy import Column, Date, DateTime, Enum, ForeignKey, Index, Integer, Numeric, String, func
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class StoreInfo(Base):
    __tablename__ = "store_info"
    __table_args__ = {"comment": "门店"}

    id = Column(Integer, primary_key=True)
    store_name = Column(String(100), nullable=False, comment="门店名称")
    city = Column(String(50), comment="所在城市")
    discount = Column(Numeric(5, 2), server_default="100", comment="折扣, 100% 为不打折")
    opened_on = Column(Date)


class Product(Base):
    __tablename__ = "products"

    id = Column(Integer, primary_key=True)
    product_name = Column(String(200), nullable=False, comment="商品名称")
    price = Column(Numeric(10, 2), nullable=False, default=0, comment="售价 (元)")
    stock_quantity = Column(Integer, nullable=False, default=0, comment="当前库存")


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (Index("idx_orders_store_time", "store_id", "ordered_at"),)

    id = Column(Integer, primary_key=True)
    store_id = Column(Integer, ForeignKey("store_info.id"), nullable=False, comment="下单门店")
    product_id = Column(Integer, ForeignKey("products.id"), nullable=False, comment="所购商品")
    quantity = Column(Integer, nullable=False, default=1, comment="数量")
    status = Column(Enum("pending", "paid", "done", name="order_status"), nullable=False, default="pending")
    ordered_at = Column(DateTime, nullable=False, server_default=func.now(), comment="下单时间")
