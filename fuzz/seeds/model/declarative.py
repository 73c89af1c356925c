import enum, uuid
from datetime import datetime
from typing import Annotated, Optional
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship
NAMING = {"ix": "ix_%(column_0_label)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s"}
metadata = MetaData(naming_convention=NAMING, schema="app")
Key = Annotated[int, mapped_column(primary_key=True)]
class Kind(enum.Enum):
    one = 1
    two = "two"
class Base(DeclarativeBase):
    metadata = metadata
    type_annotation_map = {str: String(50), dict: sa.JSON}
class Stamp:
    made: Mapped[datetime] = mapped_column(server_default=func.now())
    @declared_attr
    def owner_id(cls): return Column(ForeignKey(f"{cls.__tablename__}.id"))
    @declared_attr.directive
    def __tablename__(cls) -> str: return cls.__name__.lower()
class A(Stamp, Base):
    id: Mapped[Key]
    name: Mapped[Optional[str]] = mapped_column("label", String(20), unique=True, index=True)
    kind: Mapped[Kind]
    bs: Mapped[list["B"]] = relationship(back_populates="a", cascade="all")
    __table_args__ = (sa.UniqueConstraint("kind", "label"), Index("i", func.lower(name)), {"schema": None})
class B(A):
    id = Column(ForeignKey("a.id"), primary_key=True)
    u = Column(sa.Uuid, default=uuid.uuid4)
    __mapper_args__ = {"polymorphic_identity": "b"}
pairs = Table("pairs", metadata, Column("a_id", ForeignKey(A.id)), Column("b_id", Integer), sa.CheckConstraint("a_id > 0"))
pairs.append_column(Column("z", sa.Numeric(10, 2)))
