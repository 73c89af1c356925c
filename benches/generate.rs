//! Histories of any length, as varied as real ones: most revisions are literal, some ask the database, some use helpers.

use fact::files::Memory;
use std::fmt::Write;

/// A project with `count` revisions in one line.
pub fn history(count: usize) -> Memory {
    let mut files = Memory::new();
    files.insert("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n");
    files.insert("/p/m/env.py", ENV);
    files.insert("/p/app/models.py", MODELS);
    files.insert("/p/app/helpers.py", HELPERS);
    for index in 0..count {
        files.insert(path(index), revision(index, ""));
    }
    files
}

/// The file of a revision.
pub fn path(index: usize) -> String {
    format!("/p/m/versions/{index:05}_step.py")
}

/// The text of a revision; `extra` stands at the end of its upgrade.
pub fn revision(index: usize, extra: &str) -> String {
    let table = index - index % 6;
    let mut text = format!(
        "\"\"\"Step {index}\n\nRevision ID: r{index:05}\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\
         from app.helpers import timestamps\n\nrevision = 'r{index:05}'\n",
    );
    let parent = index.checked_sub(1).map_or("None".to_owned(), |parent| format!("'r{parent:05}'"));
    let (upgrade, downgrade) = match index % 6 {
        0 => (
            format!(
                "    op.create_table(\n        't{table}',\n        sa.Column('id', sa.Integer(), primary_key=True),\n        \
                 sa.Column('name', sa.String(length=40), nullable=False),\n        sa.Column('size', sa.Integer()),\n        \
                 *timestamps(),\n        sa.UniqueConstraint('name'),\n    )\n"
            ),
            format!("    op.drop_table('t{table}')\n"),
        ),
        1 => (
            format!(
                "    op.add_column('t{table}', sa.Column('note', sa.Text(), nullable=True))\n    \
                 op.create_index(op.f('ix_t{table}_size'), 't{table}', ['size'], unique=False)\n"
            ),
            format!(
                "    op.drop_index(op.f('ix_t{table}_size'), table_name='t{table}')\n    op.drop_column('t{table}', 'note')\n"
            ),
        ),
        2 => (
            format!(
                "    with op.batch_alter_table('t{table}') as batch:\n        batch.alter_column('size', existing_type=sa.Integer(), \
                 nullable=False)\n        batch.add_column(sa.Column('flag', sa.Boolean(), server_default=sa.false()))\n"
            ),
            format!(
                "    with op.batch_alter_table('t{table}') as batch:\n        batch.drop_column('flag')\n"
            ),
        ),
        3 => (
            format!(
                "    columns = [c['name'] for c in sa.inspect(op.get_bind()).get_columns('t{table}')]\n    \
                 if 'late' not in columns:\n        op.add_column('t{table}', sa.Column('late', sa.Integer()))\n"
            ),
            format!("    op.drop_column('t{table}', 'late')\n"),
        ),
        4 => (
            format!(
                "    if op.get_bind().dialect.name == 'postgresql':\n        op.execute('ALTER TABLE t{table} ADD COLUMN pg integer')\n    \
                 op.execute(\"UPDATE t{table} SET size = 0 WHERE size IS NULL\")\n"
            ),
            "    pass\n".to_owned(),
        ),
        _ => (
            format!(
                "    op.create_foreign_key(None, 't{table}', 't0', ['size'], ['id'], ondelete='CASCADE')\n"
            ),
            "    pass\n".to_owned(),
        ),
    };
    let _ = write!(
        text,
        "down_revision = {parent}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n{upgrade}{extra}\n\n\
         def downgrade():\n{downgrade}"
    );
    text
}

const ENV: &str = "from alembic import context\nfrom app.models import metadata\n\n\ndef run_migrations_online():\n    \
                   context.configure(target_metadata=metadata, render_as_batch=True)\n\n\nrun_migrations_online()\n";

const MODELS: &str = "from sqlalchemy import MetaData\nmetadata = MetaData(naming_convention={\n    'ix': 'ix_%(column_0_label)s',\n    \
                      'uq': 'uq_%(table_name)s_%(column_0_name)s',\n    \
                      'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',\n    'pk': 'pk_%(table_name)s',\n})\n";

const HELPERS: &str = "import sqlalchemy as sa\n\n\ndef timestamps():\n    return [\n        \
                       sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now())\n        \
                       for name in ('created_at', 'updated_at')\n    ]\n";
