/// \file
/// Responses for tests, framed the way the session does it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mailtool/imap/response.h"

namespace mailtool::imap::test {

/// All responses in `wire`, fed at most `chunk` octets at a time.
inline std::vector<FramedResponse> frame_all(std::string_view wire,
                                             std::size_t chunk = 4096) {
  std::vector<FramedResponse> all;
  ResponseFramer framer;
  while (!wire.empty()) {
    const auto step = framer.feed(wire.substr(0, chunk));
    if (!step) {
      ADD_FAILURE() << step.error().one_line();
      return all;
    }
    wire.remove_prefix(step->consumed);
    if (step->event == ResponseFramer::Event::complete) {
      all.push_back(framer.take());
    }
  }
  return all;
}

inline FramedResponse frame(std::string_view wire) {
  auto all = frame_all(wire);
  EXPECT_EQ(all.size(), 1u) << wire;
  return all.empty() ? FramedResponse{} : std::move(all.front());
}

inline Response parse(std::string_view wire) {
  return parse_response(frame(wire));
}

template <class T>
T parse_as(std::string_view wire) {
  auto response = parse(wire);
  auto* data = std::get_if<T>(&response);
  EXPECT_NE(data, nullptr) << wire;
  return data != nullptr ? std::move(*data) : T{};
}

}  // namespace mailtool::imap::test
