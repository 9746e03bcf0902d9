import { z } from 'zod';

/** The life of an election: draft -> open -> closed -> published, or -> cancelled from any of the first three. */
export const electionState = z.enum(['draft', 'open', 'closed', 'published', 'cancelled']);
