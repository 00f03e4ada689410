// Sine to logarithm out of +, -, *, / and sqrt alone: the C library's own differ in their last bits
// between CPUs (glibc picks FMA variants at run time), and a frame must be the same everywhere.
// Errors are below 1e-11, far under a LiDAR's millimetres.
#pragma once

#include <cmath>

namespace colonnade::simulator {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kDegree = kPi / 180;

struct SinCos {
  double sin, cos;
};

inline SinCos sin_cos(double x) noexcept {
  const double quarter = std::floor(x * (2 / kPi) + 0.5);
  // pi/2 in two parts keeps the remainder exact enough for angles of a few thousand turns.
  const double r = (x - quarter * 1.57079632673412561417) - quarter * 6.07710050650619224932e-11;
  const double q = r * r;
  const double s =
      r * (1 + q * (-1.0 / 6 +
                    q * (1.0 / 120 + q * (-1.0 / 5040 + q * (1.0 / 362880 - q / 39916800)))));
  const double c =
      1 + q * (-0.5 + q * (1.0 / 24 + q * (-1.0 / 720 + q * (1.0 / 40320 + q * (-1.0 / 3628800 +
                                                                                q / 479001600)))));
  switch (static_cast<long long>(quarter) & 3) {
    case 0: return {s, c};
    case 1: return {c, -s};
    case 2: return {-s, -c};
    default: return {-c, s};
  }
}

inline double sine(double x) noexcept {
  return sin_cos(x).sin;
}

inline double arc_tangent(double x) noexcept {
  const double a = std::abs(x);
  const bool inverted = a > 1;
  double z = inverted ? 1 / a : a;
  const bool turned = z > 0.41421356237309503;  // tan(pi/8)
  if (turned) z = (z - 1) / (z + 1);
  const double q = z * z;
  double sum = 0;
  for (int k = 25; k >= 1; k -= 2) sum = 1.0 / k - q * sum;
  double angle = z * sum;
  if (turned) angle += kPi / 4;
  if (inverted) angle = kPi / 2 - angle;
  return x < 0 ? -angle : angle;
}

/// In (-pi, pi]; 0 for (0, 0).
inline double arc_tangent(double y, double x) noexcept {
  if (x == 0 && y == 0) return 0;
  if (std::abs(y) > std::abs(x)) return (y > 0 ? kPi / 2 : -kPi / 2) - arc_tangent(x / y);
  const double angle = arc_tangent(y / x);
  if (x > 0) return angle;
  return y < 0 ? angle - kPi : angle + kPi;
}

/// Of a sine in [-1, 1]; beyond, of the nearest of these.
inline double arc_sine(double s) noexcept {
  if (s >= 1) return kPi / 2;
  if (s <= -1) return -kPi / 2;
  return arc_tangent(s / std::sqrt(1 - s * s));
}

/// Natural logarithm of x > 0.
inline double logarithm(double x) noexcept {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) m *= 2, --exponent;
  const double s = (m - 1) / (m + 1), q = s * s;
  double sum = 0;
  for (int k = 15; k >= 1; k -= 2) sum = 1.0 / k + q * sum;
  return 2 * s * sum + exponent * 0.69314718055994530942;
}

inline double exponential(double x) noexcept {
  if (x < -700) return 0;
  const double k = std::floor(x * 1.44269504088896340736 + 0.5);
  const double r = x - k * 0.69314718055994530942;
  double sum = 1;
  for (int i = 12; i >= 1; --i) sum = 1 + r * sum / i;
  return std::ldexp(sum, static_cast<int>(k));
}

/// x to the power p; 0 for x <= 0.
inline double power(double x, double p) noexcept {
  return x <= 0 ? 0 : exponential(p * logarithm(x));
}

}  // namespace colonnade::simulator
