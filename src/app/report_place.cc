#include "app/report_place.h"

#include <utility>

namespace mailtool::app {
namespace {

std::string& place_now() {
  static std::string place;
  return place;
}

}  // namespace

ReportPlace::ReportPlace(std::string place) { place_now() = std::move(place); }

ReportPlace::~ReportPlace() { place_now().clear(); }

std::string_view ReportPlace::now() { return place_now(); }

}  // namespace mailtool::app
