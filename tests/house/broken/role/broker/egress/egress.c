#include "gateway/secret.h"
