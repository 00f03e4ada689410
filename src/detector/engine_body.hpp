#pragma once

#include <memory>

#include "backends/backend.hpp"
#include "colonnade/engine.hpp"
#include "plan/plan.hpp"

namespace colonnade {

/// What every detector of this engine shares; never written after `open`.
struct Engine::Body {
  ModelSpec spec;
  Plan plan;
  std::string backend, isa;
  std::shared_ptr<const Program> pfn, rpn;
};

}  // namespace colonnade
