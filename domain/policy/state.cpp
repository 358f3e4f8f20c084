#include "domain/policy/state.hpp"
