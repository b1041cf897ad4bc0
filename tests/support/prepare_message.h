// The one message that an invocation of `send` supplies, or why there is none.
#pragma once

#include <optional>
#include <utility>

#include "app/send_supply.h"

namespace mailtool::app {

inline Result<OutgoingMessage> prepare_message(const Invocation& invocation) {
  class Taker : public MessageTaker {
   public:
    Result<void> take(OutgoingMessage message) override {
      taken.emplace(std::move(message));
      return {};
    }
    void failed(Error error) override { why.emplace(std::move(error)); }
    std::optional<OutgoingMessage> taken;
    std::optional<Error> why;
  };
  Taker taker;
  if (auto done = supply_messages(invocation, taker); !done) {
    return std::move(done).error();
  }
  if (taker.why) return *std::move(taker.why);
  if (taker.taken) return *std::move(taker.taken);
  return Error{ErrorKind::internal, "no message and no error"};
}

}  // namespace mailtool::app
