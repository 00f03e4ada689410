// The members of a plain struct, in order, without a list of them that could miss one.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace colonnade {
namespace members_detail {

struct Anything {
  template <typename T>
  operator T() const;  // NOLINT: never called; it stands for a member of any type.
};

template <typename S, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    S{(static_cast<void>(I), Anything{})...};
  };
}

}  // namespace members_detail

inline constexpr std::size_t kMostMembers = 11;

/// How many members the aggregate S has: as many as its braces take.
template <typename S, std::size_t N = kMostMembers + 1>
constexpr std::size_t count_members() {
  static_assert(std::is_aggregate_v<S>);
  if constexpr (std::is_empty_v<S>) {
    return 0;
  } else if constexpr (members_detail::takes<S>(std::make_index_sequence<N>())) {
    return N;
  } else {
    return count_members<S, N - 1>();
  }
}

/// f(member) for each member of `s`, in the order of their declaration.
template <typename S, typename F>
void for_each_member(S& s, F&& f) {
  constexpr std::size_t count = count_members<std::remove_const_t<S>>();
  static_assert(count <= kMostMembers, "add a branch");
  const auto each = [&f](auto&... members) { (f(members), ...); };
  if constexpr (count == 1) {
    auto& [a] = s;
    each(a);
  } else if constexpr (count == 2) {
    auto& [a, b] = s;
    each(a, b);
  } else if constexpr (count == 3) {
    auto& [a, b, c] = s;
    each(a, b, c);
  } else if constexpr (count == 4) {
    auto& [a, b, c, d] = s;
    each(a, b, c, d);
  } else if constexpr (count == 5) {
    auto& [a, b, c, d, e] = s;
    each(a, b, c, d, e);
  } else if constexpr (count == 6) {
    auto& [a, b, c, d, e, g] = s;
    each(a, b, c, d, e, g);
  } else if constexpr (count == 7) {
    auto& [a, b, c, d, e, g, h] = s;
    each(a, b, c, d, e, g, h);
  } else if constexpr (count == 8) {
    auto& [a, b, c, d, e, g, h, i] = s;
    each(a, b, c, d, e, g, h, i);
  } else if constexpr (count == 9) {
    auto& [a, b, c, d, e, g, h, i, j] = s;
    each(a, b, c, d, e, g, h, i, j);
  } else if constexpr (count == 10) {
    auto& [a, b, c, d, e, g, h, i, j, k] = s;
    each(a, b, c, d, e, g, h, i, j, k);
  } else if constexpr (count == 11) {
    auto& [a, b, c, d, e, g, h, i, j, k, l] = s;
    each(a, b, c, d, e, g, h, i, j, k, l);
  }
}

}  // namespace colonnade
