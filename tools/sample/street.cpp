#include "sample/street.hpp"

#include "base/random.hpp"

namespace colonnade::sample {
namespace {

constexpr double kSensorHeight = 1.73, kKerb = 0.12, kPi = 3.14159265358979323846;
constexpr double kHalfRoad = 5.6, kPavement = 9.2;  ///< Metres from the road's middle.

/// The road bends gently to the right; the sensor drives in its right-hand lane.
double road_middle(double x) noexcept {
  return 1.7 - 0.0011 * x * x;
}
double road_yaw(double x) noexcept {
  return std::atan(-0.0022 * x);
}

/// Puts things onto the ground beside the road's middle.
class Builder {
 public:
  explicit Builder(Street& street) : street_(street) {}

  Thing& put(double x, double aside, double turn, double radius, double middle) {
    const double y = road_middle(x) + aside;
    street_.things.push_back({{x, y, ground_height(x, y)}, road_yaw(x) + turn, middle, radius, {}});
    return street_.things.back();
  }

  void car(double x, double aside, double turn, double l, double w, double h) {
    label(put(x, aside, turn, l * 0.62, h / 2), kCar, {l, w, h}).shape = [=](Vec p) {
      return sample::car(p, l, w, h);
    };
  }
  void person(double x, double aside, double turn, double h, double stride) {
    label(put(x, aside, turn, h * 0.6, h / 2), kPedestrian, {0.8, 0.6, h}).shape = [=](Vec p) {
      return sample::person(p, h, stride);
    };
  }
  void cyclist(double x, double aside, double turn) {
    label(put(x, aside, turn, 1.25, 0.87), kCyclist, {1.76, 0.6, 1.75}).shape = sample::cyclist;
  }

 private:
  Thing& label(Thing& thing, Label label, Vec size) {
    Box box;
    box.x = static_cast<float>(thing.at.x), box.y = static_cast<float>(thing.at.y);
    box.z = static_cast<float>(thing.at.z + size.z / 2);
    box.length = static_cast<float>(size.x), box.width = static_cast<float>(size.y);
    box.height = static_cast<float>(size.z);
    box.yaw = static_cast<float>(std::remainder(thing.yaw, 2 * kPi));
    box.label = label;
    box.score = 1;
    street_.boxes.push_back(box);
    return thing;
  }
  Street& street_;
};

void add_traffic(Builder& build, Random& random) {
  build.car(17.5, -1.9, 0, 4.3, 1.8, 1.5);
  build.car(26, 1.8, kPi, 3.8, 1.65, 1.48);
  build.car(44, -1.7, 0, 4.6, 1.85, 1.7);
  build.car(11, 1.9, kPi, 4.5, 1.8, 1.45);
  for (const double side : {-1.0, 1.0})
    for (double x = side < 0 ? 8 : 15; x < 62; x += random.uniform(6.3, 8.5)) {
      if (random.uniform() < 0.3) continue;
      build.car(x, side * random.uniform(4.5, 4.65),
                (side > 0 ? kPi : 0) + random.uniform(-.03, .03), random.uniform(3.6, 4.6),
                random.uniform(1.6, 1.82), random.uniform(1.42, 1.65));
    }
  build.person(13.5, -6.9, 0.2, 1.74, 0.22);
  build.person(14.2, -7.6, 0.15, 1.62, 0.16);
  build.person(21, 7.1, kPi, 1.8, 0.25);
  build.person(30.5, 2.9, kPi / 2, 1.7, 0.28);
  build.person(33, -7.4, kPi, 1.68, 0.05);
  build.cyclist(22.5, -3.1, 0.05);
  build.cyclist(35, 3.2, kPi);
}

void add_surroundings(Builder& build, Random& random) {
  for (const double side : {-1.0, 1.0}) {
    double x = side < 0 ? -4 : -9;
    while (x < 78) {
      const double l = random.uniform(9, 19), depth = 8, h = random.uniform(6, 13);
      const double back = random.uniform(10.2, 13.5);
      build.put(x + l / 2, side * (back + depth / 2), 0, std::hypot(l, depth, h) / 2 + 0.5, h / 2)
          .shape = [=](Vec p) { return house(p, l, depth, h); };
      if (back > 12) {
        build.put(x + l / 2, side * 9.9, 0, l / 2, 0.6).shape = [=](Vec p) {
          return hedge(p, l * 0.8, 0.7, 1.15);
        };
      }
      x += l + (random.uniform() < 0.35 ? random.uniform(3, 7) : 0.4);
    }
    for (x = side < 0 ? 12 : 7; x < 70; x += random.uniform(8, 14)) {
      const double h = random.uniform(5, 7), crown = random.uniform(1.2, 1.7);
      build.put(x, side * random.uniform(7.5, 7.8), 0, h * 0.75, h / 2).shape = [=](Vec p) {
        return tree(p, h, crown);
      };
    }
    for (x = side < 0 ? 9.5 : 18; x < 70; x += 17) {
      const bool sign = random.uniform() < 0.6;
      build.put(x, side * 6.1, 0, 3, 2).shape = [=](Vec p) {
        return pole(p, sign ? 2.6 : 4.5, sign);
      };
    }
  }
}

}  // namespace

Surface Thing::surface(Vec p) const {
  const Vec d = p - at;
  const double c = std::cos(yaw), s = std::sin(yaw);
  return shape({c * d.x + s * d.y, -s * d.x + c * d.y, d.z});
}

double ground_height(double x, double y) noexcept {
  const double aside = std::abs(y - road_middle(x));
  const double camber = -0.02 * std::min(aside, kHalfRoad);
  const double kerb = kKerb * std::clamp((aside - kHalfRoad) / 0.06, 0.0, 1.0);
  const double waves = 0.05 * std::sin(0.11 * x + 0.4) + 0.03 * std::sin(0.07 * y + 0.05 * x);
  return -kSensorHeight + camber + kerb + waves;
}

Material ground_material(double x, double y) noexcept {
  const double aside = y - road_middle(x);
  if (std::abs(aside) > kPavement) return Material::grass;
  if (std::abs(aside) > kHalfRoad) return Material::pavement;
  const bool dashed = std::abs(aside) < 0.07 && std::fmod(x + 100, 6) < 3;
  const bool edge = std::abs(std::abs(aside) - 3.5) < 0.06;
  return dashed || edge ? Material::marking : Material::asphalt;
}

Street make_street(std::uint64_t seed) {
  Street street;
  Builder build(street);
  Random random(seed);
  add_traffic(build, random);
  add_surroundings(build, random);
  return street;
}

}  // namespace colonnade::sample
