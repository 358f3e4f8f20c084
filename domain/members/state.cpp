#include "domain/members/state.hpp"
