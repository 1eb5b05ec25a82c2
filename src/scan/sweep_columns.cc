// SPDX-License-Identifier: Apache-2.0
#include "scan/sweep_columns.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "fits/cell.h"
#include "fits/column_decoder.h"

namespace dhs::scan {

namespace {

Status ColumnError(const fits::TableLayout& layout, const fits::Column& column, std::string message) {
  ErrorLocation where = layout.where();
  where.column = column.name;
  return DataError(std::move(where), std::move(message));
}

/// A required column without TSCAL and TZERO.
Result<const fits::Column*> Unscaled(const fits::TableLayout& layout, std::string_view name, std::string_view types) {
  ARROW_ASSIGN_OR_RAISE(const fits::Column* column, layout.Require(name, types));
  if (column->is_scaled()) {
    return ColumnError(layout, *column,
                       fmt::format("a sweep has no TSCAL or TZERO here, found {} and {}", column->scale, column->zero));
  }
  return column;
}

Status Offset(const fits::TableLayout& layout, std::string_view name, std::string_view types, int64_t* offset) {
  ARROW_ASSIGN_OR_RAISE(const fits::Column* column, Unscaled(layout, name, types));
  *offset = column->offset;
  return Status::OK();
}

Status OptionalOffset(const fits::TableLayout& layout, std::string_view name, std::string_view types, bool required,
                      int64_t* offset) {
  if (!required && layout.Find(name) == nullptr) return Status::OK();
  return Offset(layout, name, types, offset);
}

Status OptionalId(const fits::TableLayout& layout, std::string_view name, int64_t* offset, char* type) {
  if (layout.Find(name) == nullptr) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const fits::Column* column, Unscaled(layout, name, "IJK"));
  *offset = column->offset;
  *type = column->type;
  return Status::OK();
}

Status Maskbits(const fits::TableLayout& layout, SweepColumns* columns) {
  if (layout.Find("MASKBITS") == nullptr) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const fits::Column* column, layout.Require("MASKBITS", "BIJK"));
  if (column->scale != 1.0 || column->zero != std::floor(column->zero) || std::abs(column->zero) > 4294967296.0) {
    return ColumnError(layout, *column,
                       fmt::format("bits cannot be scaled, found TSCAL {} and TZERO {}", column->scale, column->zero));
  }
  columns->maskbits = column->offset;
  columns->maskbits_type = column->type;
  columns->maskbits_zero = static_cast<int64_t>(column->zero);
  columns->maskbits_null = column->null_value;
  return Status::OK();
}

}  // namespace

int64_t SweepColumns::carried_bytes() const {
  int64_t bytes = 0;
  for (const fits::Column& column : extra) bytes += column.width;
  for (const fits::Column& column : photoz) bytes += column.width;
  return bytes;
}

int64_t SweepColumns::ObjidOf(const uint8_t* row) const { return fits::LoadInteger(row + objid, objid_type); }

Result<SweepColumns> SweepColumns::FromLayout(const fits::TableLayout& layout, bool need_transmissions,
                                              const std::vector<std::string>& extra_names) {
  SweepColumns columns;
  columns.row_bytes = layout.row_bytes();
  ARROW_ASSIGN_OR_RAISE(const fits::Column* brickname, Unscaled(layout, "BRICKNAME", "A"));
  if (brickname->width != 8) {
    return ColumnError(layout, *brickname, fmt::format("a brick name has TFORM 8A, found '{}'", brickname->format));
  }
  columns.brickname = brickname->offset;
  ARROW_ASSIGN_OR_RAISE(const fits::Column* objid, Unscaled(layout, "OBJID", "IJK"));
  columns.objid = objid->offset;
  columns.objid_type = objid->type;
  ARROW_ASSIGN_OR_RAISE(const fits::Column* type, Unscaled(layout, "TYPE", "A"));
  if (type->width < 1) return ColumnError(layout, *type, "TYPE has no characters");
  columns.type = type->offset;
  columns.type_width = type->width;
  ARROW_RETURN_NOT_OK(OptionalId(layout, "RELEASE", &columns.release, &columns.release_type));
  ARROW_RETURN_NOT_OK(OptionalId(layout, "BRICKID", &columns.brickid, &columns.brickid_type));
  ARROW_RETURN_NOT_OK(Offset(layout, "RA", "D", &columns.ra));
  ARROW_RETURN_NOT_OK(Offset(layout, "DEC", "D", &columns.dec));
  ARROW_RETURN_NOT_OK(Offset(layout, "FLUX_G", "E", &columns.flux_g));
  ARROW_RETURN_NOT_OK(Offset(layout, "FLUX_R", "E", &columns.flux_r));
  ARROW_RETURN_NOT_OK(Offset(layout, "FLUX_Z", "E", &columns.flux_z));
  ARROW_RETURN_NOT_OK(Offset(layout, "FLUX_W1", "E", &columns.flux_w1));
  ARROW_RETURN_NOT_OK(OptionalOffset(layout, "MW_TRANSMISSION_G", "E", need_transmissions, &columns.mw_g));
  ARROW_RETURN_NOT_OK(OptionalOffset(layout, "MW_TRANSMISSION_R", "E", need_transmissions, &columns.mw_r));
  ARROW_RETURN_NOT_OK(OptionalOffset(layout, "MW_TRANSMISSION_Z", "E", need_transmissions, &columns.mw_z));
  ARROW_RETURN_NOT_OK(OptionalOffset(layout, "MW_TRANSMISSION_W1", "E", need_transmissions, &columns.mw_w1));
  ARROW_RETURN_NOT_OK(Maskbits(layout, &columns));
  for (const std::string& name : extra_names) {
    ARROW_ASSIGN_OR_RAISE(const fits::Column* column, layout.Require(name, fits::kScalarTypes));
    columns.extra.push_back(*column);
  }
  return columns;
}

}  // namespace dhs::scan
