// The one exception type that crosses the library's border.
#pragma once

#include <stdexcept>
#include <string>

#include "colonnade/export.hpp"

namespace colonnade {

enum class ErrorCode {
  invalid_argument,  ///< The caller passed something that can't be meant.
  io,                ///< A file is missing, unreadable, unwritable.
  format,            ///< Bytes are there but aren't what their format promises.
  unsupported,       ///< Well-formed, but outside of what Colonnade does.
  mismatch,          ///< Two things that must fit (graph and grid, say) don't.
  limit,             ///< A bound (memory, rank, points) would be exceeded.
  internal,          ///< A defect in Colonnade.
};

/// One sentence: what, where, expected, found, what would work.
/// `where()` names the place on its own ("model.yaml:12", "node 'Conv_3' (Conv)"), or is empty;
/// `what()` starts with it.
class COLONNADE_EXPORT Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message);
  Error(ErrorCode code, std::string where, const std::string& message);
  ~Error() override;

  ErrorCode code() const noexcept { return code_; }
  const std::string& where() const noexcept { return where_; }

 private:
  ErrorCode code_;
  std::string where_;
};

}  // namespace colonnade
