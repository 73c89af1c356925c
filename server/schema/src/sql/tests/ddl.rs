//! Tables, indexes, constraints.

use super::*;

#[test]
fn create_table_on_postgresql() {
    check_sql(
        PG,
        "CREATE TABLE IF NOT EXISTS public.Users (id SERIAL PRIMARY KEY, name VARCHAR(50) NOT NULL DEFAULT 'it''s')",
        &[
            "table users (id Integer ! = next users_id_seq counts, name String(50) ! = 'it's', pk(id)) if-missing",
        ],
    );
}
