#include "app/mx_plan.h"

namespace mailtool::app {

const char* name_of(MxTlsRule rule) {
  switch (rule) {
    case MxTlsRule::off: return "off";
    case MxTlsRule::opportunistic: return "opportunistic";
    case MxTlsRule::testing: return "mta-sts testing";
    case MxTlsRule::required: return "required";
    case MxTlsRule::sts: return "mta-sts";
    case MxTlsRule::dane_unusable: return "dane unusable";
    case MxTlsRule::dane: return "dane";
  }
  return "off";
}

}  // namespace mailtool::app
