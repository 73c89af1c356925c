//! The words that each database reserves, by which SQLAlchemy decides what to quote.

use super::Kind;

/// Is `word`, in lower case, reserved by the database?
pub(super) fn is_reserved(word: &str, kind: Kind) -> bool {
    let letter = match kind {
        Kind::Postgresql => 'p',
        Kind::Mysql => 'm',
        Kind::Mariadb => 'a',
        Kind::Sqlite => 'l',
        Kind::Mssql => 's',
    };
    let found = RESERVED.binary_search_by_key(&word, |(word, _)| word);
    found.ok().and_then(|at| RESERVED.get(at)).is_some_and(|(_, databases)| databases.contains(letter))
}

/// Words with the databases that reserve them: p(ostgresql), m(ysql), m(a)riadb, (sq)l(ite), (ms)s(ql).
#[rustfmt::skip]
const RESERVED: &[(&str, &str)] = &[
    ("accessible", "ma"), ("add", "mals"), ("admin", "m"), ("after", "l"), ("all", "pmals"),
    ("alter", "mals"), ("analyse", "p"), ("analyze", "pmal"), ("and", "pmals"), ("any", "ps"),
    ("array", "pm"), ("as", "pmals"), ("asc", "pmals"), ("asensitive", "ma"), ("asymmetric", "p"),
    ("attach", "l"), ("authorization", "ps"), ("autoincrement", "l"), ("backup", "s"), ("before", "mal"),
    ("begin", "ls"), ("between", "pmals"), ("bigint", "ma"), ("binary", "pma"), ("blob", "ma"),
    ("body", "a"), ("both", "pma"), ("break", "s"), ("browse", "s"), ("bulk", "s"), ("by", "mals"),
    ("call", "ma"), ("cascade", "mals"), ("case", "pmals"), ("cast", "pl"), ("change", "ma"),
    ("char", "ma"), ("character", "ma"), ("check", "pmals"), ("checkpoint", "s"), ("close", "s"),
    ("clustered", "s"), ("coalesce", "s"), ("collate", "pmals"), ("column", "pmals"), ("commit", "ls"),
    ("compute", "s"), ("condition", "ma"), ("conflict", "l"), ("constraint", "pmals"), ("contains", "s"),
    ("containstable", "s"), ("continue", "mas"), ("convert", "mas"), ("create", "pmals"),
    ("cross", "pmals"), ("cube", "m"), ("cume_dist", "m"), ("current", "s"), ("current_catalog", "p"),
    ("current_date", "pmals"), ("current_role", "pa"), ("current_schema", "p"), ("current_time", "pmals"),
    ("current_timestamp", "pmals"), ("current_user", "pmas"), ("cursor", "mas"), ("database", "mals"),
    ("databases", "ma"), ("day_hour", "ma"), ("day_microsecond", "ma"), ("day_minute", "ma"),
    ("day_second", "ma"), ("dbcc", "s"), ("deallocate", "s"), ("dec", "ma"), ("decimal", "ma"),
    ("declare", "mas"), ("default", "pmals"), ("deferrable", "pl"), ("deferred", "l"), ("delayed", "ma"),
    ("delete", "mals"), ("dense_rank", "m"), ("deny", "s"), ("desc", "pmals"), ("describe", "ma"),
    ("detach", "l"), ("deterministic", "ma"), ("disk", "s"), ("distinct", "pmals"), ("distinctrow", "ma"),
    ("distributed", "s"), ("div", "ma"), ("do", "p"), ("do_domain_ids", "a"), ("double", "mas"),
    ("drop", "mals"), ("dual", "ma"), ("dump", "s"), ("each", "mal"), ("else", "pmals"), ("elseif", "ma"),
    ("elsif", "a"), ("empty", "m"), ("enclosed", "ma"), ("end", "pls"), ("errlvl", "s"), ("escape", "ls"),
    ("escaped", "ma"), ("except", "pmals"), ("exclusive", "l"), ("exec", "s"), ("execute", "s"),
    ("exists", "mals"), ("exit", "mas"), ("explain", "mal"), ("external", "s"), ("fail", "l"),
    ("false", "pmal"), ("fetch", "pmas"), ("file", "s"), ("fillfactor", "s"), ("first_value", "m"),
    ("float", "ma"), ("float4", "ma"), ("float8", "ma"), ("for", "pmals"), ("force", "ma"),
    ("foreign", "pmals"), ("freetext", "s"), ("freetexttable", "s"), ("freeze", "p"), ("from", "pmals"),
    ("full", "pls"), ("fulltext", "ma"), ("function", "ms"), ("general", "ma"), ("generated", "m"),
    ("get", "m"), ("get_master_public_key", "m"), ("glob", "l"), ("goto", "as"), ("grant", "pmas"),
    ("group", "pmals"), ("grouping", "m"), ("groups", "m"), ("having", "pmals"), ("high_priority", "ma"),
    ("history", "a"), ("holdlock", "s"), ("hour_microsecond", "ma"), ("hour_minute", "ma"),
    ("hour_second", "ma"), ("identity", "s"), ("identity_insert", "s"), ("identitycol", "s"),
    ("if", "mals"), ("ignore", "mal"), ("ignore_domain_ids", "a"), ("ignore_server_ids", "ma"),
    ("ilike", "p"), ("immediate", "l"), ("in", "pmals"), ("index", "mals"), ("indexed", "l"),
    ("infile", "ma"), ("initially", "pl"), ("inner", "pmals"), ("inout", "ma"), ("insensitive", "ma"),
    ("insert", "mals"), ("instead", "l"), ("int", "ma"), ("int1", "ma"), ("int2", "ma"), ("int3", "ma"),
    ("int4", "ma"), ("int8", "ma"), ("integer", "ma"), ("intersect", "pmals"), ("interval", "ma"),
    ("into", "pmals"), ("io_after_gtids", "m"), ("io_before_gtids", "m"), ("is", "pmals"), ("isnull", "pl"),
    ("iterate", "ma"), ("join", "pmals"), ("json_table", "m"), ("key", "mals"), ("keys", "ma"),
    ("kill", "mas"), ("lag", "m"), ("last_value", "m"), ("lateral", "m"), ("lead", "m"), ("leading", "pma"),
    ("leave", "ma"), ("left", "pmals"), ("like", "pmals"), ("limit", "pmal"), ("linear", "ma"),
    ("lineno", "s"), ("lines", "ma"), ("load", "mas"), ("localtime", "pma"), ("localtimestamp", "pma"),
    ("lock", "ma"), ("long", "ma"), ("longblob", "ma"), ("longtext", "ma"), ("loop", "ma"),
    ("low_priority", "ma"), ("master_bind", "m"), ("master_heartbeat_period", "ma"),
    ("master_ssl_verify_server_cert", "ma"), ("match", "mal"), ("maxvalue", "ma"), ("mediumblob", "ma"),
    ("mediumint", "ma"), ("mediumtext", "ma"), ("member", "m"), ("merge", "s"), ("middleint", "ma"),
    ("minute_microsecond", "ma"), ("minute_second", "ma"), ("mod", "ma"), ("modifies", "ma"),
    ("national", "s"), ("natural", "pmal"), ("new", "p"), ("no_write_to_binlog", "ma"), ("nocheck", "s"),
    ("nonclustered", "s"), ("not", "pmals"), ("notnull", "pl"), ("nth_value", "m"), ("ntile", "m"),
    ("null", "pmals"), ("nullif", "s"), ("numeric", "ma"), ("of", "pmls"), ("off", "ps"), ("offset", "pal"),
    ("offsets", "s"), ("old", "p"), ("on", "pmals"), ("only", "p"), ("open", "s"), ("opendatasource", "s"),
    ("openquery", "s"), ("openrowset", "s"), ("openxml", "s"), ("optimize", "ma"), ("optimizer_costs", "m"),
    ("option", "mas"), ("optionally", "ma"), ("or", "pmals"), ("order", "pmals"), ("others", "a"),
    ("out", "ma"), ("outer", "pmals"), ("outfile", "ma"), ("over", "pmas"), ("overlaps", "p"),
    ("package", "a"), ("page_checksum", "a"), ("parallel", "m"), ("parse_gcol_expr", "m"),
    ("parse_vcol_expr", "a"), ("partition", "ma"), ("percent", "s"), ("percent_rank", "m"), ("period", "a"),
    ("persist", "m"), ("persist_only", "m"), ("pivot", "s"), ("placing", "p"), ("plan", "ls"),
    ("position", "a"), ("pragma", "l"), ("precision", "mas"), ("primary", "pmals"), ("print", "s"),
    ("proc", "s"), ("procedure", "mas"), ("public", "s"), ("purge", "ma"), ("qualify", "m"), ("query", "l"),
    ("raise", "al"), ("raiserror", "s"), ("range", "ma"), ("rank", "m"), ("read", "mas"),
    ("read_write", "ma"), ("reads", "ma"), ("readtext", "s"), ("real", "ma"), ("reconfigure", "s"),
    ("recursive", "ma"), ("ref_system_id", "a"), ("references", "pmals"), ("regexp", "ma"),
    ("reindex", "l"), ("release", "ma"), ("rename", "mal"), ("repeat", "ma"), ("replace", "mal"),
    ("replication", "s"), ("require", "ma"), ("resignal", "ma"), ("restore", "s"), ("restrict", "mals"),
    ("return", "mas"), ("returning", "pa"), ("revert", "s"), ("revoke", "mas"), ("right", "pmals"),
    ("rlike", "ma"), ("role", "m"), ("rollback", "ls"), ("row", "ml"), ("row_number", "ma"),
    ("rowcount", "s"), ("rowguidcol", "s"), ("rows", "ma"), ("rowtype", "a"), ("rule", "s"), ("save", "s"),
    ("schema", "mas"), ("schemas", "ma"), ("second_microsecond", "ma"), ("securityaudit", "s"),
    ("select", "pmals"), ("sensitive", "ma"), ("separator", "ma"), ("session_user", "ps"), ("set", "mals"),
    ("setuser", "s"), ("show", "ma"), ("shutdown", "s"), ("signal", "ma"), ("similar", "p"), ("slow", "ma"),
    ("smallint", "ma"), ("some", "ps"), ("spatial", "ma"), ("specific", "ma"), ("sql", "ma"),
    ("sql_after_gtids", "m"), ("sql_before_gtids", "m"), ("sql_big_result", "ma"),
    ("sql_calc_found_rows", "ma"), ("sql_small_result", "ma"), ("sqlexception", "ma"), ("sqlstate", "ma"),
    ("sqlwarning", "ma"), ("ssl", "ma"), ("starting", "ma"), ("statistics", "s"),
    ("stats_auto_recalc", "a"), ("stats_persistent", "a"), ("stats_sample_pages", "a"), ("stored", "m"),
    ("straight_join", "ma"), ("symmetric", "p"), ("system", "ma"), ("system_time", "a"),
    ("system_user", "s"), ("table", "pmals"), ("tablesample", "s"), ("temp", "l"), ("temporary", "l"),
    ("terminated", "ma"), ("textsize", "s"), ("then", "pmals"), ("tinyblob", "ma"), ("tinyint", "ma"),
    ("tinytext", "ma"), ("to", "pmals"), ("top", "s"), ("trailing", "pma"), ("tran", "s"),
    ("transaction", "ls"), ("trigger", "mals"), ("true", "pmal"), ("truncate", "s"), ("tsequal", "s"),
    ("undo", "ma"), ("union", "pmals"), ("unique", "pmals"), ("unlock", "ma"), ("unpivot", "s"),
    ("unsigned", "ma"), ("update", "mals"), ("updatetext", "s"), ("usage", "ma"), ("use", "mas"),
    ("user", "ps"), ("using", "pmal"), ("utc_date", "ma"), ("utc_time", "ma"), ("utc_timestamp", "ma"),
    ("vacuum", "l"), ("values", "mals"), ("varbinary", "ma"), ("varchar", "ma"), ("varcharacter", "ma"),
    ("variadic", "p"), ("varying", "mas"), ("verbose", "p"), ("versioning", "a"), ("view", "ls"),
    ("virtual", "ml"), ("waitfor", "s"), ("when", "pmals"), ("where", "pmals"), ("while", "mas"),
    ("window", "pma"), ("with", "pmas"), ("without", "a"), ("write", "ma"), ("writetext", "s"),
    ("xor", "ma"), ("year_month", "ma"), ("zerofill", "ma"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(RESERVED.is_sorted_by_key(|(word, _)| word));
    }

    #[test]
    fn databases_differ() {
        for (word, expected) in [
            ("user", [true, false, false, false, true]),
            ("order", [true; 5]),
            ("users", [false; 5]),
            ("rank", [false, true, false, false, false]),
        ] {
            let found = Kind::ALL.map(|kind| is_reserved(word, kind));
            assert_eq!(found, expected, "{word}");
        }
    }
}
