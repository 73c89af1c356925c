//! The bytes of an alembic.ini, of a pyproject.toml, and of both together.

use super::workspace::{explore, put};
use alembic::config::{Config, Location, Sources, read_ini, url};
use alembic::discover::{Search, discover, environment_sections};
use camino::Utf8Path;
use fact::files::Memory;

const REVISION: &str = "revision = 'r1'\ndown_revision = None\ndef upgrade():\n    pass\n";

pub fn run(data: &[u8]) {
    let mut files = Memory::from_iter([
        ("/p/ini/m/env.py", ""),
        ("/p/ini/m/versions/r1.py", REVISION),
        ("/p/toml/m/env.py", ""),
        ("/p/toml/m/versions/r1.py", REVISION),
        ("/p/both/m/env.py", ""),
        ("/p/both/m/versions/r1.py", REVISION),
    ]);
    for path in
        ["/p/ini/alembic.ini", "/p/toml/pyproject.toml", "/p/both/alembic.ini", "/p/both/pyproject.toml"]
    {
        put(&mut files, path, data);
    }
    let ini = Utf8Path::new("/p/ini/alembic.ini");
    if let Ok(read) = read_ini(&files, ini) {
        for section in environment_sections(&read).into_iter().take(8) {
            let sources = Sources { ini: Some(ini.to_owned()), section, ..Sources::default() };
            let _ = Config::load(&files, &sources).map(|config| config.dialect());
        }
    }
    let text = String::from_utf8_lossy(data);
    let _ = (Location::parse(&text), url::dialect(&text), url::driver_dialect(&text));
    for folder in ["/p/ini", "/p/toml", "/p/both", "/p"] {
        let found = discover(&files, Utf8Path::new(folder), Search::Below).sources;
        explore(&files, &found, &[], "/p/ini/m/versions/r1.py");
    }
}
