IF OBJECT_ID('dbo.v', 'U') IS NULL CREATE TABLE [dbo].[v] ([id] INT IDENTITY(1,1) NOT NULL, [n] NVARCHAR(MAX) NULL CONSTRAINT df DEFAULT (N'x'), CONSTRAINT pk PRIMARY KEY CLUSTERED ([id] ASC)) ON [PRIMARY];
GO
EXEC sp_rename 't.a', 'z', 'COLUMN';
declare @const_name varchar(256)
select @const_name = QUOTENAME([name]) from sys.default_constraints where parent_object_id = object_id('t') and col_name(parent_object_id, parent_column_id) = 'z'
exec('alter table t drop constraint ' + @const_name);
GO
ALTER TABLE t ALTER COLUMN b VARCHAR(50) NOT NULL; ALTER TABLE t ADD DEFAULT 'z' FOR b; BEGIN TRY ALTER TABLE u WITH CHECK ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES t (id) END TRY BEGIN CATCH THROW END CATCH
MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN UPDATE SET b = 'x' WHEN NOT MATCHED THEN INSERT (id) VALUES (1);
WHILE 1 = 1 BEGIN DELETE TOP (10) FROM u END
