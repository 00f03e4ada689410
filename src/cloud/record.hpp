// One point as a file stores it: packed scalars. PCD and PLY differ in how they spell this only.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "cloud/text.hpp"
#include "colonnade/cloud.hpp"

namespace colonnade {

/// More than any sweep has; they keep a file's size (a sparse one's, say) from being an allocation.
inline constexpr std::size_t kMaxPoints = std::size_t{1} << 26;
inline constexpr std::size_t kMaxCloudBytes = std::size_t{1} << 30;

class Record {
 public:
  struct Column {
    std::string name;               ///< For messages, also of padding.
    std::optional<FieldType> type;  ///< Nothing: bytes that the cloud lists no field for.
    std::size_t offset = 0;
  };

  /// Errors name `where`: a name that's taken, a record that grows beyond 65,535 bytes.
  void add_scalar(const std::string& name, FieldType type, const std::string& where);
  void add_padding(const std::string& name, std::size_t bytes, const std::string& where);

  std::size_t stride() const noexcept { return stride_; }
  const std::vector<Column>& columns() const noexcept { return columns_; }
  std::string names() const;  ///< "x y z intensity"

 private:
  void grow(std::size_t bytes, const std::string& where);

  std::vector<Column> columns_;
  std::unordered_set<std::string> names_;
  std::size_t stride_ = 0;
};

/// Checks that `count` records fit into `available` bytes, without overflow; returns their bytes.
std::size_t checked_size(const Record& record, std::size_t count, std::size_t available,
                         const std::string& where);

/// The cloud's fields: one a column with a type, plus an intensity by another name. Throws where
/// x, y or z is missing.
std::vector<PointField> fields_of(const Record& record, const std::string& where);

/// `count` records as they lie, copied once; `bytes` may go on behind them.
Cloud copy_records(const Record& record, std::size_t count, std::span<const std::byte> bytes,
                   const std::string& where);

/// `count` records, one a line, blank lines skipped.
Cloud parse_records(const Record& record, std::size_t count, Lines& lines,
                    const std::string& where);

}  // namespace colonnade
