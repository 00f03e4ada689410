#include "graph/check_members.hpp"

#include <fmt/core.h>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

struct Check {
  template <typename T>
  void operator()(const T& op) const {
    if constexpr (requires { op.group; }) {
      if (op.group < 1) refuse(fmt::format("group is {}; expected 1 or more", op.group));
    }
  }
  void operator()(const op::ConstantOfShape& op) const {
    if (op.value && op.value.elements() != 1) {
      refuse(fmt::format("its value has {} elements; expected one", op.value.elements()));
    }
  }
  void operator()(const op::PillarScatter& op) const {
    if (op.form == op::PillarScatterForm::plugin && (op.height < 1 || op.width < 1)) {
      refuse(fmt::format("its image has {} rows and {} columns", op.height, op.width));
    }
  }

  [[noreturn]] static void refuse(const std::string& message) {
    throw Error(ErrorCode::format, message);
  }
};

}  // namespace

void check_members(const Op& op) {
  std::visit(Check(), op);
}

}  // namespace colonnade
