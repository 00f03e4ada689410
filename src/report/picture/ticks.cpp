#include "report/picture/ticks.hpp"

#include <cmath>

namespace colonnade {

std::vector<double> ticks(double low, double high, double step) {
  std::vector<double> all;
  for (auto i = std::llround(std::ceil(low / step)); i <= std::llround(std::floor(high / step));
       ++i)
    all.push_back(static_cast<double>(i) * step);
  return all;
}

}  // namespace colonnade
