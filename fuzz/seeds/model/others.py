from sqlmodel import SQLModel, Field, Relationship
from dataclasses import dataclass, field
from pydantic import BaseModel
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
Base = db.Model
metadata = SQLModel.metadata
class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=20)
    team_id: int | None = Field(foreign_key="team.id", nullable=True)
class Team(SQLModel, table=True):
    id: int = Field(primary_key=True)
    heroes: list[Hero] = Relationship(back_populates="team")
class A(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    b = db.relationship("A", secondary=db.Table("x", db.Column("y", db.ForeignKey("a.id"))))
def make(name, base=db.Model):
    return type(name, (base,), {"__tablename__": name.lower(), "id": db.Column(db.Integer, primary_key=True)})
C, D = [make(n) for n in ("C", "D")]
@dataclass
class Plain:
    x: int = 0
    y: list[str] = field(default_factory=list)
