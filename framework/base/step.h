/*
 * step.h - places at which the crash tests end the process.
 *
 * Only a build with -DPRG_STEPS has them.  The process sends itself SIGKILL at
 * the step that the variable PRG_STEP names, after PRG_STEP_AFTER passes (0).
 */
#ifndef PRG_STEP_H
#define PRG_STEP_H

#ifdef PRG_STEPS
void	prg_step(const char *name);
#else
#define prg_step(name)	((void)0)
#endif

#endif
