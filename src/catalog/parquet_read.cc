// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <utility>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include "catalog/columns.h"
#include "catalog/flat_reader.h"
#include "catalog/parquet.h"
#include "io/files.h"

namespace dhs::catalog {

namespace {

struct HiveColumn {
  std::string name;
  std::string value;
};

// "region_split=train" parts of a path whose key is a column of the dictionary.
std::vector<HiveColumn> HiveColumnsOf(const std::string& path) {
  std::vector<HiveColumn> columns;
  size_t begin = 0;
  for (size_t slash; (slash = path.find('/', begin)) != std::string::npos; begin = slash + 1) {
    const std::string part = path.substr(begin, slash - begin);
    const size_t equals = part.find('=');
    if (equals == std::string::npos || FindColumn(part.substr(0, equals)) == nullptr) continue;
    columns.push_back({part.substr(0, equals), part.substr(equals + 1)});
  }
  return columns;
}

std::shared_ptr<arrow::Field> HiveField(const std::string& name) {
  const ColumnSpec& column = *FindColumn(name);
  const bool integer = column.type == ColumnType::kInt32;
  return arrow::field(name, integer ? arrow::int32() : arrow::utf8(), /*nullable=*/false);
}

Result<std::shared_ptr<arrow::Array>> HiveArray(const std::string& path, const HiveColumn& hive, int64_t num_rows) {
  if (HiveField(hive.name)->type()->id() == arrow::Type::STRING) {
    return arrow::MakeArrayFromScalar(arrow::StringScalar(hive.value), num_rows);
  }
  int32_t value = 0;
  const char* end = hive.value.data() + hive.value.size();
  const auto [stop, error] = std::from_chars(hive.value.data(), end, value);
  if (error != std::errc() || stop != end) {
    return DataError({.path = path},
                     fmt::format("the folder name says {}={}, which is not a 32-bit integer", hive.name, hive.value));
  }
  return arrow::MakeArrayFromScalar(arrow::Int32Scalar(value), num_rows);
}

// Keeps errors that carry their own exit code (a read that failed); all others mean that the bytes are not right.
Status AsDataError(const std::string& path, const Status& status) {
  if (status.ok() || LocationOf(status) != nullptr || status.IsOutOfMemory()) return status;
  return DataError({.path = path}, fmt::format("not a readable Parquet file: {}", status.message()));
}

Result<std::unique_ptr<parquet::arrow::FileReader>> OpenReader(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  auto reader = parquet::arrow::OpenFile(std::move(file), arrow::default_memory_pool());
  if (!reader.ok()) return AsDataError(path, reader.status());
  return reader;
}

// What to read of one file: indices of the columns in it, and the columns its path gives.
struct Projection {
  std::vector<int> indices;
  std::vector<HiveColumn> hive;
  std::vector<std::string> order;  // of the result; empty = file columns, then hive columns
};

Result<Projection> Project(const std::string& path, const arrow::Schema& schema,
                           const std::vector<std::string>& columns) {
  Projection projection;
  std::vector<HiveColumn> hive = HiveColumnsOf(path);
  std::erase_if(hive, [&](const HiveColumn& h) { return schema.GetFieldIndex(h.name) >= 0; });
  if (columns.empty()) {
    for (int i = 0; i < schema.num_fields(); ++i) projection.indices.push_back(i);
    projection.hive = std::move(hive);
    return projection;
  }
  for (const std::string& name : columns) {
    const int index = schema.GetFieldIndex(name);
    const auto in_path = std::find_if(hive.begin(), hive.end(), [&](const HiveColumn& h) { return h.name == name; });
    if (index >= 0) {
      projection.indices.push_back(index);
    } else if (in_path != hive.end()) {
      projection.hive.push_back(*in_path);
    } else {
      return DataError({.path = path, .column = name},
                       fmt::format("no such column; there are: {}.{}", fmt::join(schema.field_names(), ", "),
                                   DidYouMean(name, schema.field_names())));
    }
  }
  projection.order = columns;
  return projection;
}

Result<std::shared_ptr<arrow::Table>> Finish(const std::string& path, std::shared_ptr<arrow::Table> table,
                                             const Projection& projection) {
  for (const HiveColumn& hive : projection.hive) {
    ARROW_ASSIGN_OR_RAISE(auto array, HiveArray(path, hive, table->num_rows()));
    ARROW_ASSIGN_OR_RAISE(table, table->AddColumn(table->num_columns(), HiveField(hive.name),
                                                  std::make_shared<arrow::ChunkedArray>(std::move(array))));
  }
  if (projection.order.empty()) return table;
  std::vector<int> order;
  for (const std::string& name : projection.order) order.push_back(table->schema()->GetFieldIndex(name));
  return table->SelectColumns(order);
}

Result<std::shared_ptr<arrow::Table>> ReadOneFile(Storage& storage, const std::string& path,
                                                  const std::vector<std::string>& columns, int num_threads) {
  ARROW_ASSIGN_OR_RAISE(auto reader, OpenReader(storage, path));
  reader->set_use_threads(num_threads > 1);
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(AsDataError(path, reader->GetSchema(&schema)));
  ARROW_ASSIGN_OR_RAISE(const Projection projection, Project(path, *schema, columns));
  auto table = reader->ReadTable(projection.indices);
  if (!table.ok()) return AsDataError(path, table.status());
  return Finish(path, std::move(table).ValueUnsafe(), projection);
}

}  // namespace

Result<std::vector<FileInfo>> ListParquetFilesIfAny(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(FileInfo info, storage.Stat(path));
  if (info.kind == FileKind::kNone) return std::vector<FileInfo>{};
  if (info.kind == FileKind::kFile) return std::vector<FileInfo>{std::move(info)};
  ARROW_ASSIGN_OR_RAISE(const auto entries, storage.List(path, /*recursive=*/true));
  std::vector<FileInfo> files;
  for (const FileInfo& entry : entries) {
    // Names that begin with '_' or '.' at any depth are books and work in progress, never rows.
    const std::string below = "/" + entry.path.substr(path.size());
    const bool hidden = below.find("/_") != std::string::npos || below.find("/.") != std::string::npos;
    if (entry.kind == FileKind::kFile && entry.path.ends_with(".parquet") && !hidden) files.push_back(entry);
  }
  return files;
}

Result<std::vector<FileInfo>> ListParquetFiles(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto files, ListParquetFilesIfAny(storage, path));
  if (!files.empty()) return files;
  ARROW_ASSIGN_OR_RAISE(const FileInfo info, storage.Stat(path));
  return DataError({.path = path},
                   info.kind == FileKind::kNone ? "no such file or folder" : "no .parquet file at any depth");
}

Result<std::shared_ptr<arrow::Table>> ReadParquet(Storage& storage, const std::string& path,
                                                  const std::vector<std::string>& columns, int num_threads) {
  ARROW_ASSIGN_OR_RAISE(const auto files, ListParquetFiles(storage, path));
  std::vector<std::shared_ptr<arrow::Table>> tables;
  for (const FileInfo& file : files) {
    ARROW_ASSIGN_OR_RAISE(auto table, ReadOneFile(storage, file.path, columns, num_threads));
    tables.push_back(std::move(table));
  }
  if (tables.size() == 1) return tables[0];
  auto all = arrow::ConcatenateTables(tables, arrow::ConcatenateTablesOptions::Defaults());
  if (!all.ok()) {
    return DataError({.path = path}, fmt::format("its files have different columns: {}", all.status().message()));
  }
  return all;
}

Result<ParquetFileInfo> InspectParquet(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto reader, OpenReader(storage, path));
  ParquetFileInfo info;
  ARROW_RETURN_NOT_OK(AsDataError(path, reader->GetSchema(&info.schema)));
  for (const HiveColumn& hive : HiveColumnsOf(path)) {
    if (info.schema->GetFieldIndex(hive.name) >= 0) continue;
    ARROW_ASSIGN_OR_RAISE(info.schema, info.schema->AddField(info.schema->num_fields(), HiveField(hive.name)));
  }
  info.num_rows = reader->parquet_reader()->metadata()->num_rows();
  info.num_row_groups = reader->num_row_groups();
  return info;
}

namespace {

// A catalog's many small files have one schema: the last one is kept, and Arrow's made from it. One per thread.
class SchemaCache {
 public:
  Result<std::shared_ptr<arrow::Schema>> Get(const std::shared_ptr<parquet::FileMetaData>& file) {
    if (last_ == nullptr || !last_->schema()->Equals(*file->schema()) || !SameMetadata(*file)) {
      ARROW_RETURN_NOT_OK(parquet::arrow::FromParquetSchema(file->schema(), parquet::default_arrow_reader_properties(),
                                                            file->key_value_metadata(), &schema_));
      last_ = file;
    }
    return schema_;
  }

 private:
  bool SameMetadata(const parquet::FileMetaData& file) const {
    const auto &a = last_->key_value_metadata(), &b = file.key_value_metadata();
    return a == nullptr || b == nullptr ? a == b : a->Equals(*b);
  }
  std::shared_ptr<parquet::FileMetaData> last_;
  std::shared_ptr<arrow::Schema> schema_;
};

// A file that one read brings is read whole: its columns are as many small reads otherwise.
constexpr int64_t kReadWholeBytes = 256 * 1024;

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenFile(Storage& storage, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, storage.OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  if (size > kReadWholeBytes) return file;
  ARROW_ASSIGN_OR_RAISE(auto bytes, file->ReadAt(0, size));
  return std::make_shared<arrow::io::BufferReader>(std::move(bytes));
}

// Nothing if the columns are not those of a FlatReader; then nothing was consumed. May throw.
Result<bool> ForEachFlatRowGroup(const std::shared_ptr<arrow::io::RandomAccessFile>& file, const std::string& path,
                                 const std::vector<std::string>& columns,
                                 const std::function<Status(const arrow::Table& rows)>& consume) {
  thread_local SchemaCache cache;
  const auto reader = parquet::ParquetFileReader::Open(file);
  const auto schema = cache.Get(reader->metadata());
  if (!schema.ok()) return AsDataError(path, schema.status());
  ARROW_ASSIGN_OR_RAISE(const Projection projection, Project(path, **schema, columns));
  const auto flat = FlatReader::Make(reader.get(), *schema, projection.indices);
  if (flat == nullptr) return false;
  for (int group = 0; group < reader->metadata()->num_row_groups(); ++group) {
    auto rows = flat->ReadRowGroup(group);
    if (!rows.ok()) return AsDataError(path, rows.status());
    ARROW_ASSIGN_OR_RAISE(const auto table, Finish(path, std::move(rows).ValueUnsafe(), projection));
    ARROW_RETURN_NOT_OK(consume(*table));
  }
  return true;
}

}  // namespace

Status ForEachRowGroup(Storage& storage, const std::string& path, const std::vector<std::string>& columns,
                       const std::function<Status(const arrow::Table& rows)>& consume) {
  ARROW_ASSIGN_OR_RAISE(const auto file, OpenFile(storage, path));
  try {
    ARROW_ASSIGN_OR_RAISE(const bool done, ForEachFlatRowGroup(file, path, columns, consume));
    if (done) return Status::OK();
  } catch (const parquet::ParquetStatusException& error) {
    return AsDataError(path, error.status());
  } catch (const parquet::ParquetException& error) {
    return AsDataError(path, Status::Invalid(error.what()));
  }
  auto opened = parquet::arrow::OpenFile(file, arrow::default_memory_pool());
  if (!opened.ok()) return AsDataError(path, opened.status());
  const auto reader = std::move(opened).ValueUnsafe();
  std::shared_ptr<arrow::Schema> schema;
  ARROW_RETURN_NOT_OK(AsDataError(path, reader->GetSchema(&schema)));
  ARROW_ASSIGN_OR_RAISE(const Projection projection, Project(path, *schema, columns));
  for (int group = 0; group < reader->num_row_groups(); ++group) {
    auto rows = reader->ReadRowGroup(group, projection.indices);
    if (!rows.ok()) return AsDataError(path, rows.status());
    ARROW_ASSIGN_OR_RAISE(auto table, Finish(path, std::move(rows).ValueUnsafe(), projection));
    ARROW_RETURN_NOT_OK(consume(*table));
  }
  return Status::OK();
}

}  // namespace dhs::catalog
