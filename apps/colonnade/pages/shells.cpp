#include "pages/pages.hpp"

namespace colonnade {

std::span<const Shell> shells() {
  static constexpr Shell kTable[] = {
      {"bash", "bash-completion/completions/colonnade", bash_completion},
      {"zsh", "zsh/site-functions/_colonnade", zsh_completion},
      {"fish", "fish/vendor_completions.d/colonnade.fish", fish_completion},
  };
  return kTable;
}

}  // namespace colonnade
