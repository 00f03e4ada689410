// A person's body out of capsules, shared by those who walk, sit and ride.
#pragma once

#include "simulator/assembly.hpp"
#include "simulator/draw.hpp"

namespace colonnade::simulator {

/// Reflectances of what a person wears.
struct Clothes {
  double upper, lower, skin;
};

inline Clothes draw_clothes(Draw& draw) {
  return {draw.uniform(.05, .5), draw.uniform(.05, .5), draw.uniform(.1, .4)};
}

/// Two bones with a joint between them.
inline void add_limb(Assembly& body, Vec root, Vec joint, Vec end, double root_radius,
                     double end_radius, double reflectance) {
  body.capsule(root, joint, root_radius, Material::cloth, reflectance);
  body.capsule(joint, end, end_radius, Material::cloth, reflectance);
}

/// From the hips to the shoulders: two capsules side by side, wider than deep, and the shoulders.
inline void add_torso(Assembly& body, Vec hips, Vec shoulders, double radius, double half_width,
                      double reflectance) {
  for (const double s : {-1.0, 1.0}) {
    const Vec aside{0, s * .4 * half_width, 0};
    body.capsule(hips + aside, shoulders + aside, radius, Material::cloth, reflectance);
  }
  const Vec aside{0, half_width, .04};
  body.capsule(shoulders - Vec{0, half_width, -.04}, shoulders + aside, .6 * radius,
               Material::cloth, reflectance);
}

}  // namespace colonnade::simulator
