use super::support::check_eval;
use expect_test::expect;

macro_rules! check {
    ($($name:ident: $source:expr => $expected:expr;)*) => {
        $(#[test]
        fn $name() {
            check_eval($source, $expected);
        })*
    };
}

check! {
    models: "from pydantic import BaseModel, Field\nclass M(BaseModel):\n  a: int\n  b: str = 'b'\n  c: list = Field(default_factory=list)\n  d: int = Field(3, ge=0)\n  e: int = Field(..., ge=0)\n  def both(self): return self.b + 'x'\nm = M(a=1, e=2)\nx = m.a, m.b, m.c, m.d, m.e, m.both()\ny = M(a=1).e" => expect![[r#"
        m = <M a=1 b="b" c=[] d=3 e=2>
        x = (1, "b", [], 3, 2, "bx")
        y = ?unreadable-argument:a field without a value
    "#]];
    settings: "from pydantic_settings import BaseSettings\nfrom typing import Optional\nclass S(BaseSettings):\n  prefix: str = 'app_'\n  schema_: str | None = None\n  other: Optional[str] = 'o'\n  url: str\n  port: int = '80'\n  model_config = {'env_file': '.env'}\ns = S()\nx = s.prefix, s.schema_, s.other, s.url, s.port, S(prefix='p').prefix" => expect![[r#"
        s = <S prefix="app_" schema_=None other="o" url=?environment:an environment variable port=?unsupported-syntax:a default of another type>
        x = ("app_", None, "o", ?environment:an environment variable, ?unsupported-syntax:a default of another type, "p")
    "#]];
    validators: "from pydantic_settings import BaseSettings\nfrom pydantic import field_validator, model_validator, root_validator\nclass S(BaseSettings):\n  a: str = 'a'\n  b: str = 'b'\n  c: str = 'c'\n  @field_validator('b', mode='before')\n  @classmethod\n  def check(cls, v): return v.upper()\n  @model_validator(mode='before')\n  @classmethod\n  def first(cls, values):\n    if values.get('a') is None: values['c'] = 'set'\n    return values\nx = S().a, S().b, S().c\nclass T(S):\n  @model_validator(mode='after')\n  def last(self):\n    self.a = 'changed'\n    return self\ny = T().a\nclass U(S):\n  @root_validator\n  def all(cls, values): return values\nz = U().a\nclass V(S):\n  @model_validator(mode='before')\n  @classmethod\n  def refuse(cls, values): raise ValueError('no')\nw = V().a" => expect![[r#"
        x = ("a", ?unsupported-syntax:a validator of a field, "set")
        y = "changed"
        z = ?unsupported-syntax:a validator of a whole model
        w = ?raised:a validator
    "#]];
}
