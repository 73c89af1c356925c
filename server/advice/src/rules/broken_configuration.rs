//! `broken-configuration`

use crate::finding::{Spot, Subject};
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::ConfigurationView;

declare_rule! {
    /// ## What it does
    ///
    /// Finds an alembic.ini or a `[tool.alembic]` that Alembic cannot read, beside environments that are fine. The file
    /// is no INI or TOML, refers to an option that it does not have, or names a folder that is not there.
    ///
    /// ## Why it matters
    ///
    /// Every Alembic command on that environment fails, and nothing is known of its migrations: they are not judged.
    ///
    /// ## Example
    ///
    /// ```ini
    /// [alembic]
    /// script_location = %(home)s/migrations
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Write `%(here)s` for the folder of the file, and `%%` for a per cent sign. Delete what is left of an environment
    /// that nobody uses.
    ///
    /// ## Fix
    ///
    /// None: only you know what was meant.
    ///
    /// ## Sources
    ///
    /// Alembic: `Config.get_section`, `Config.toml_alembic_config`. Python: `configparser`, `tomllib`.
    "broken-configuration", Error, Graph;
    Configuration(check);
}

fn check(view: &ConfigurationView<'_>, sink: &mut Sink<'_>) {
    let error = view.error;
    let message = format!("Alembic cannot use this configuration: {}.", error.message);
    let draft = Draft::new(Spot::Bytes(view.file, view.span), Subject::default(), message);
    sink.report(match error.remedy.is_empty() {
        true => draft,
        false => draft.help(error.remedy.clone()),
    });
}

#[cfg(test)]
mod tests {
    use crate::options::Options;
    use alembic::config::ConfigError;
    use fact::files::{Memory, ReadError};
    use project::World;
    use std::sync::Arc;

    const PATH: &str = "/p/alembic.ini";

    /// `expect`: the bytes, and what is said of them.
    #[track_caller]
    fn check_configuration(line: Option<u32>, remedy: &str, options: &Options, expect: &[(u32, u32, &str)]) {
        let files = Memory::from_iter([(PATH, "[alembic]\nx = %(y)s\n")]);
        let store = World::new(Arc::new(files), Vec::new()).snapshot().store;
        let error = ConfigError::new(PATH.as_ref(), line, "there is no y", remedy);
        let found = crate::check_configuration(&error, &store, options);
        let told: Vec<_> = found
            .iter()
            .map(|finding| {
                let (path, bytes) = finding.spot.bytes(&store).unwrap();
                assert_eq!((path.as_str(), &*finding.environment), (PATH, PATH));
                assert_eq!(finding.help.as_deref(), Some(remedy).filter(|remedy| !remedy.is_empty()));
                (bytes.start, bytes.end, finding.message.as_str())
            })
            .collect();
        assert_eq!(told, expect);
    }

    #[test]
    fn the_line_is_told() {
        let told = "Alembic cannot use this configuration: there is no y.";
        check_configuration(Some(2), "write z", &Options::default(), &[(10, 19, told)]);
        check_configuration(None, "", &Options::default(), &[(0, 0, told)]);
        check_configuration(Some(99), "", &Options::default(), &[(0, 0, told)]);
    }

    #[test]
    fn settings_decide() {
        let mut off = Options::default();
        off.choose(&[], &["broken-configuration".to_owned()]).unwrap();
        check_configuration(Some(2), "", &off, &[]);
    }

    #[test]
    fn a_file_without_text() {
        let mut files = Memory::new();
        files.insert_error(PATH, ReadError::NotUtf8(0));
        let store = World::new(Arc::new(files), Vec::new()).snapshot().store;
        let error = ConfigError::new(PATH.as_ref(), Some(3), "it is not UTF-8", "");
        assert_eq!(crate::check_configuration(&error, &store, &Options::default()).len(), 1);
    }
}
